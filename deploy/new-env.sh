#!/bin/sh
# Prints fresh secrets for docker-compose.yml, as an .env file:
#   sh deploy/new-env.sh > .env && chmod 600 .env
# Keep the file: whoever loses it loses the databases' passwords, and every session ends.
set -eu

# An EC P-256 key, PKCS #8, in PEM on one line: \n stands for each line break. Quoted, so that a
# shell can read the file, too.
one_line() { awk '{ printf "%s\\n", $0 }'; }
private_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 2>/dev/null; }
# Hexadecimal, because passwords become part of URLs.
secret() { openssl rand -hex 32; }

identity=$(private_key)

cat <<END
POSTGRES_PASSWORD=$(secret)
RABBITMQ_PASSWORD=$(secret)
REDIS_PASSWORD=$(secret)
IDENTITY_PRIVATE_KEY='$(printf '%s\n' "$identity" | one_line)'
IDENTITY_PUBLIC_KEY='$(printf '%s\n' "$identity" | openssl pkey -pubout | one_line)'
ACCESS_TOKEN_PRIVATE_KEY='$(private_key | one_line)'
REFRESH_TOKEN_SECRET=$(secret)
FIX_PASSWORD=$(secret)
METRICS_TOKEN=$(secret)
END
