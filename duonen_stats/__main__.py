"""``python -m duonen_stats`` is ``duonen``."""

from duonen_stats.cli.app import main

if __name__ == "__main__":
    main(prog_name="duonen")
