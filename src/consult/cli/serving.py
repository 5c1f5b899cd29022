"""Start the dashboard as a server of its own, on this computer only; nothing of it is imported here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

STUDY = "CONSULT_STUDY"
"""Environment variable with the folder of the study to show."""

SETTINGS = {
    "browser.gatherUsageStats": "false",
    "browser.serverAddress": "localhost",
    "server.address": "localhost",
    "server.maxUploadSize": "200",
    "server.showEmailPrompt": "false",
    "server.fileWatcherType": "none",
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "theme.baseRadius": "small",
    "theme.light.primaryColor": "#005A91",
    "theme.light.backgroundColor": "#FFFFFF",
    "theme.light.secondaryBackgroundColor": "#F2F5F8",
    "theme.light.textColor": "#1A1A1A",
    "theme.light.linkColor": "#00507D",
    "theme.dark.primaryColor": "#2477B0",
    "theme.dark.backgroundColor": "#0E1117",
    "theme.dark.secondaryBackgroundColor": "#1B212B",
    "theme.dark.textColor": "#F2F2F2",
    "theme.dark.linkColor": "#8CCBF2",
}
"""What `.streamlit/config.toml` says, for an installed package that has no such file beside it."""


def launch(folder: Path | None, *, port: int, browser: bool) -> int:
    """
    Run the dashboard until it is stopped.

    The server listens on this computer only and sends no usage statistics.

    Args:
        folder: The study; None starts on the page to upload files.
        port: Port on this computer.
        browser: Open the browser.

    Returns:
        The server's exit code; 0 when it was stopped with Ctrl+C.
    """
    environment = dict(os.environ)
    environment.pop(STUDY, None)
    if folder is not None:
        environment[STUDY] = str(folder.resolve())
    try:
        return subprocess.call(command(port=port, browser=browser), env=environment)  # noqa: S603
    except KeyboardInterrupt:
        return 0


def command(*, port: int, browser: bool) -> list[str]:
    """Return the command that starts the server."""
    entry = Path(__file__).parents[1] / "dashboard" / "entry" / "app.py"
    options = {**SETTINGS, "server.port": str(port), "server.headless": "false" if browser else "true"}
    return [
        sys.executable, "-m", "consult.dashboard.entry.server", "run", str(entry),
        *(part for name, value in options.items() for part in (f"--{name}", value)),
    ]  # fmt: skip
