# syntax=docker/dockerfile:1
# The version of the npm package `node` in pnpm-workspace.yaml; a test compares them.
FROM node:26.10.0-bookworm-slim AS build
WORKDIR /app
ENV CI=true
COPY package.json pnpm-workspace.yaml pnpm-lock.yaml ./
COPY apps/api/package.json apps/api/
COPY apps/web/package.json apps/web/
COPY apps/kite-sim/package.json apps/kite-sim/
COPY packages/contracts/package.json packages/contracts/
COPY packages/data/package.json packages/data/
COPY packages/engine/package.json packages/engine/
COPY packages/kite/package.json packages/kite/
COPY packages/strategies/package.json packages/strategies/
COPY e2e/package.json e2e/
COPY bench/package.json bench/
RUN npx -y pnpm@12 install --frozen-lockfile
COPY . .
RUN npx -y pnpm@12 build
# What building and testing needed stays behind, the embedded Postgres too; the server runs from its source.
RUN rm -rf node_modules apps/*/node_modules packages/*/node_modules e2e bench \
  && npx -y pnpm@12 --filter @stratdesk/api... install --frozen-lockfile --prod --no-optional --ignore-scripts

FROM node:26.10.0-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 DATA_DIR=/data
COPY --from=build --chown=root:root /app /app
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# The process itself receives SIGTERM: no shell and no package manager between.
CMD ["node", "scripts/start.js"]
