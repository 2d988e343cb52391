#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
from thin_line import main

main("sqlite")
