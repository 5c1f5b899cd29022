"""The dashboard: `streamlit run app.py`. Name a study with the environment variable CONSULT_STUDY."""

from consult.dashboard.router import show

show()
