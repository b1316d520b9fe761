"""The tools of chapter 12, 家族: one file a tool, or a step of one."""
