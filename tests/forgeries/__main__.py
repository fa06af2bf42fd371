"""Print the table of forgeries for specs/forgeries.md."""

import sys

import tests.forgeries
from tests.forgery import table

assert tests.forgeries.__all__
sys.stdout.buffer.write(table().encode())
