"""Run the command line as ``python -m workbench``."""

from workbench.app import command_line

if __name__ == "__main__":
    command_line()
