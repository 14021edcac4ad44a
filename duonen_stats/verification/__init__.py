"""Every number a second time, by engines that share no code with the first but the readers of files."""
