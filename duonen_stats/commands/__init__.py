"""What each command does, from the path of the input to the written folder: one file per command."""
