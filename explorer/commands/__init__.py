"""The command line's subcommands, one module each: `add(commands)` adds its parser."""
