"""What it takes to run the site: backups, a look for what does not fit together, figures."""
