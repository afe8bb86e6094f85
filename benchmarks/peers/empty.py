"""What CDKTF takes by itself."""

import sys

from cdktf import App

App(outdir=sys.argv[2]).synth()
