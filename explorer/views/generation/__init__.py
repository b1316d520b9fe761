"""The tools of chapter 7, 接龙, one file each."""
