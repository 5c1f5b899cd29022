"""What `consult dashboard` hands to `streamlit run`."""

from consult.dashboard.router import show

show()
