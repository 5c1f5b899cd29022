"""What leaves the tool: reports and exports."""

from consult.report.html import write_html_report
from consult.report.word import write_docx_report

__all__ = ["write_docx_report", "write_html_report"]
