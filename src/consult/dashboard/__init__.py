"""The dashboard: the only part that imports Streamlit."""
