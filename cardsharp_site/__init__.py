"""The site's configuration and nothing else."""
