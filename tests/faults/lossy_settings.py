"""The site's settings, with chance in its channel layer."""

import os

from cardsharp_site.settings import *  # noqa: F403
from cardsharp_site.settings import CHANNEL_LAYERS as SOUND

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "tests.faults.lossy.LossyLayer",
        "CONFIG": {
            "inner": SOUND["default"]["BACKEND"],
            "config": SOUND["default"]["CONFIG"],
            "seed": os.environ["LOSSY_SEED"],
        },
    }
}
