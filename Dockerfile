# One image for every program; docker-compose.yml says which one a container runs.
# Debian's slim image: the binaries of argon2 are built for glibc.
FROM node:24-bookworm-slim

ENV NODE_ENV=production
WORKDIR /app

# The packages first: they change less often than the code, and this layer is kept. install.mjs
# finds them installed, and finishes what npm scripts would else finish at their first run.
COPY package.json package-lock.json .npmrc ./
COPY patches ./patches
COPY tools/install.mjs ./tools/
RUN npm ci --omit=dev && node tools/install.mjs && npm cache clean --force

# Root owns the code and the packages: the programs cannot change what they run.
COPY . .
USER node

# Nothing by itself; each service of docker-compose.yml has its command. Programs are started by
# node and not by npm, so that a stop's SIGTERM reaches them.
CMD ["node", "--print", "'Say which program: node gateway/main.ts, for example.'"]
