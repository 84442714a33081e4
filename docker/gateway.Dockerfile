# The gateway: nginx with the built pages and the configuration that `cargo xtask gateway --image` writes.
# The stage `build` (leaves /pages) can be given from outside with --build-context.
ARG NODE_IMAGE=node:24-bookworm-slim
ARG NGINX_IMAGE=nginxinc/nginx-unprivileged:1.28

FROM ${NODE_IMAGE} AS build
WORKDIR /src/web
COPY web/package.json web/package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY web .
RUN npm run build && mkdir /pages && cp -r dist/. /pages

FROM ${NGINX_IMAGE}
COPY --from=build /pages /usr/share/techmart/pages
COPY --chmod=0444 docker/gateway/nginx.conf /etc/nginx/templates/nginx.conf.template
# The image's entrypoint fills in variables called TM_…; the result goes where a read-only container may write.
ENV NGINX_ENVSUBST_OUTPUT_DIR=/tmp \
    NGINX_ENVSUBST_FILTER=^TM_ \
    TM_RESOLVER=127.0.0.11 \
    TM_PAYMENT_ORIGIN=https://js.stripe.com
USER 101
EXPOSE 8080
# Finishes requests under way.
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=5s --timeout=4s --start-period=20s --start-interval=1s --retries=3 \
    CMD ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8080/gateway/healthz"]
CMD ["nginx", "-e", "/dev/stderr", "-c", "/tmp/nginx.conf"]
ARG VERSION=dev
ARG REVISION=unknown
ARG SOURCE=https://example.com/techmart
LABEL org.opencontainers.image.title="techmart-gateway" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}"
