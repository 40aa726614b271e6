FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
COPY protos protos
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

FROM node:24-bookworm-slim
WORKDIR /countersign
COPY --from=build /src/package.json /src/LICENSE ./
COPY --from=build /src/bin bin
COPY --from=build /src/dist dist
RUN ln -s /countersign/bin/countersign.cjs /usr/local/bin/countersign \
 && install -d -o node -g node /config /pki /pki/countersign /pki/edge /pki/sidecar
USER node
ENV NODE_ENV=production
# 18000 xDS, 18001 admin
EXPOSE 18000 18001
HEALTHCHECK --interval=5s --timeout=5s --start-period=10s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:18001/readyz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["countersign"]
CMD ["serve", "/config"]
