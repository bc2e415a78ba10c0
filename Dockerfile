# The image of Dreamreel: the packages as locked, the package built from this source, and nothing to develop with.
#
#   docker build -t dreamreel .                                     everything, `dreamreel demo` included
#   docker build -t dreamreel --build-arg LOCK=image/bot.lock .     the bot alone, without the sandbox's packages
ARG BASE_IMAGE=python:3.13-slim

FROM ${BASE_IMAGE} AS base
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore

# Only a lock file comes in here: this layer, by far the largest, is made anew when that changes and not with the source.
FROM base AS packages
ARG LOCK=image/demo.lock
COPY ${LOCK} /tmp/packages.lock
# Wheels only, so that no package runs code of its own at build. The bytecode is never compared with the source:
# nobody may write either in the running container.
RUN python -m venv --without-pip /opt/dreamreel \
    && python -m pip --python /opt/dreamreel/bin/python install --quiet --no-compile --only-binary=:all: \
        --require-hashes --requirement /tmp/packages.lock \
    && /opt/dreamreel/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/dreamreel/lib

# The package itself, laid out in /package as it goes into /opt/dreamreel.
FROM base AS package
COPY image/build.lock /tmp/build.lock
RUN python -m venv --without-pip /tmp/build && python -m venv --without-pip /opt/dreamreel \
    && python -m pip --python /tmp/build/bin/python install --quiet --only-binary=:all: \
        --require-hashes --requirement /tmp/build.lock
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY cogs cogs
COPY sandbox sandbox
RUN python -m pip --python /tmp/build/bin/python wheel --quiet --no-deps --no-build-isolation --wheel-dir /tmp/wheel . \
    && python -m pip --python /opt/dreamreel/bin/python install --quiet --no-compile --no-deps --no-index \
        --prefix /package /tmp/wheel/*.whl \
    && /opt/dreamreel/bin/python -m compileall -q --invalidation-mode unchecked-hash /package/lib

FROM ${BASE_IMAGE}
LABEL org.opencontainers.image.title="Dreamreel" \
      org.opencontainers.image.description="A Discord bot that makes videos with Luma's Dream Machine." \
      org.opencontainers.image.licenses="MIT"
# The id is fixed, because files on the host must be given to it by number.
RUN groupadd --gid 10001 dreamreel \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin dreamreel \
    && install --directory --owner=10001 --group=10001 --mode=0700 /data
COPY --from=packages /opt/dreamreel /opt/dreamreel
COPY --from=package /package /opt/dreamreel
ENV PATH=/opt/dreamreel/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1

# The database, the videos and config.toml are looked for in the working directory, so that is where the data is kept.
# No setting is made here: in the environment it would win over the operator's secret files and config.toml.
USER 10001:10001
WORKDIR /data
VOLUME ["/data"]

# The address is the default of the settings' [health], which nothing in a container gives a reason to change. Not
# urllib, which would ask a proxy that the environment names.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "from http.client import HTTPConnection as C; c = C('127.0.0.1', 8790, timeout=4); c.request('GET', '/livez'); raise SystemExit(c.getresponse().status != 200)"]

STOPSIGNAL SIGTERM
ENTRYPOINT ["dreamreel"]
CMD ["run"]
