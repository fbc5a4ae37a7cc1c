"""The commands of the command line, one module each: `<name>_command.py` holds `command`.

Rule of the folder: a command reads its arguments, calls the kit and hands verdicts to a report; it judges nothing
itself. Heavy imports happen inside functions. What it returns is the exit code.
"""
