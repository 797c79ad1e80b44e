# One image for every process of Doorstep: `python -m app web`, `worker`, `migrate`, ... and
# `python -m rtc`. Build it with `docker compose build`, or `docker build -t doorstep .`

# What the browser loads, by npm's lock file.
FROM node:20-bookworm-slim AS browser
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

# Python packages by hash, and static/vendor.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
COPY requirements/run.txt requirements/
RUN python -m venv /opt/doorstep \
 && /opt/doorstep/bin/pip install --no-cache-dir --only-binary :all: --require-hashes \
      -r requirements/run.txt \
 && /opt/doorstep/bin/pip uninstall --yes pip setuptools
COPY --from=browser /build/node_modules node_modules
COPY scripts/fill_vendor.py scripts/
RUN python scripts/fill_vendor.py

FROM python:3.11-slim-bookworm
# pango, harfbuzz and the font are for PDF reports, openssl is for SM2 signatures; the client is for
# backup and restore, and has to be at least as new as the database server.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends \
      libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-wqy-microhei openssl \
      postgresql-client \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin doorstep \
 && install -d -o doorstep -g doorstep /data /data/blobs /data/recordings /backup
WORKDIR /srv/doorstep
COPY --from=build /opt/doorstep /opt/doorstep
COPY . .
COPY --from=build /build/static/vendor static/vendor
# The root file system may be read-only: compile now, and keep caches in /tmp.
RUN /opt/doorstep/bin/python -m compileall -q . && fc-cache -f
ENV PATH=/opt/doorstep/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    DATA_DIR=/data \
    HOST=0.0.0.0 \
    PORT=8000
USER doorstep
VOLUME ["/data"]
EXPOSE 8000
# SIGTERM lets running requests end; both processes stop within a few seconds.
STOPSIGNAL SIGTERM
CMD ["python", "-m", "app", "web"]
