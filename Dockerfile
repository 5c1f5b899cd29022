# The dashboard in a container: not as root, and without any need of a network once it is built.
FROM python:3.12-slim AS build
RUN pip install --no-cache-dir uv
WORKDIR /app
ENV UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
COPY . .
RUN uv sync --no-dev --no-editable --extra server

FROM python:3.12-slim
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin consult \
    && mkdir /studies && chown consult /studies
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY app.py ./
COPY .streamlit/config.toml .streamlit/config.toml
ENV PATH=/app/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 CONSULT_HOME=/studies
USER consult
VOLUME /studies
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://localhost:8501/_stcore/health', timeout=4)"]
CMD ["python", "-m", "consult.dashboard.entry.server", "run", "app.py", "--server.address=0.0.0.0", "--server.headless=true"]
