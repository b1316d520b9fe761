"""Tests of the glue that views share: states and links, words, prose, numbers, the address for phones."""
