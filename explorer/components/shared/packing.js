// Reads the payload made by packing.py. Gives views of the bytes where they are aligned, copies where they are not.

const TYPED = {float32: Float32Array, int32: Int32Array, uint8: Uint8Array};

export function unpack(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
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
