# A small image with provisor and nothing else in it, without a shell:
#   docker build --build-arg PROVISOR_COMMIT=$(git rev-parse HEAD) -t provisor .
#   docker run --rm -v "$PWD:/repo" provisor plan
# One with a shell and jq, for jobs of a pipeline: examples/ci/Dockerfile.
FROM rust:1.95-slim-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends cmake make gcc g++ && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY src src
COPY examples examples
COPY tests tests
COPY benches benches
ARG PROVISOR_COMMIT
RUN cargo build --release --locked --bin provisor

# glibc of the same Debian, certificates and time zones; runs as a user of its own
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /src/target/release/provisor /usr/local/bin/provisor
COPY LICENSE /usr/share/doc/provisor/LICENSE
WORKDIR /repo
ENTRYPOINT ["/usr/local/bin/provisor"]
CMD ["--help"]
