"""The one error that is the user's to mend."""

from __future__ import annotations


class UserError(Exception):
    """
    The input or the study is at fault; the message says where, what, what is allowed and what to do.

    It is shown as it stands, without a traceback, and ends a command with exit code 1.
    """
