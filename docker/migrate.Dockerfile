# techmart-migrate: roles, migrations and the check of the invariants, run as one-off tasks.
# The stage `build` (leaves /app) can be given from outside with --build-context.
ARG RUST_IMAGE=rust:1.95.0-slim-bookworm
ARG RUNTIME_IMAGE=gcr.io/distroless/cc-debian12:nonroot

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
RUN cp target/release/techmart-migrate /app

FROM ${RUNTIME_IMAGE}
COPY --from=build --chmod=0555 /app /app
USER 65532:65532
STOPSIGNAL SIGTERM
ENTRYPOINT ["/app"]
CMD ["up"]
ARG VERSION=dev
ARG REVISION=unknown
ARG SOURCE=https://example.com/techmart
LABEL org.opencontainers.image.title="techmart-migrate" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}"
