"""What leaves the tool: reports and exports."""

from consult.report.html import write_html_report

__all__ = ["write_html_report"]
