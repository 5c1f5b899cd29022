"""The script given to `streamlit run`; beside a folder `pages` Streamlit would take every page for a script."""
