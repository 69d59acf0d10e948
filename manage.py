#!/usr/bin/env python
"""The site's command line: every management command of Django and of the site."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import OperationalError

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cardsharp_site.settings")
    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        from games.database import reason_for

        sys.exit(f"The database cannot do this: {reason_for(error)}")
