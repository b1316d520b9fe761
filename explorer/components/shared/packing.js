// Reads the payload made by packing.py. Gives views of the bytes where they are aligned, copies where they are not.

const TYPED = {float64: Float64Array, float32: Float32Array, int32: Int32Array, uint16: Uint16Array, uint8: Uint8Array};

export function fromJson(bytes) {
  return JSON.parse(new TextDecoder().decode(bytes));
}

export function unpack(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  const header = fromJson(bytes.subarray(4, 4 + length));
  const start = 4 + length + ((4 - (length % 4)) % 4);
  const arrays = {};
  for (const {name, dtype, shape, offset} of header.arrays) {
    const Type = TYPED[dtype];
    const count = shape.reduce((a, b) => a * b, 1);
    const at = bytes.byteOffset + start + offset;
    const aligned = at % Type.BYTES_PER_ELEMENT === 0;
    arrays[name] = aligned
      ? new Type(bytes.buffer, at, count)
      : new Type(bytes.slice(start + offset, start + offset + count * Type.BYTES_PER_ELEMENT).buffer);
  }
  return {header, arrays};
}

// One array as packing.py's `planes` lays it out: all first bytes of its numbers, then all second bytes, and so on.
export function unplane(bytes, dtype) {
  const Type = TYPED[dtype];
  const size = Type.BYTES_PER_ELEMENT;
  if (size === 1) return bytes;
  const count = bytes.length / size;
  const plain = new Uint8Array(bytes.length);
  for (let k = 0; k < size; k++) for (let i = 0, at = k * count, to = k; i < count; i++, at++, to += size) plain[to] = bytes[at];
  return new Type(plain.buffer);
}
