#!/bin/sh
# Makes the passwords and keys of this installation that are missing, once, in the volume mounted at /secrets: a folder for
# each program, so that none can read another's. Runs as root without any right but to give files away.
set -eu
umask 077

readonly SERVICES='auth catalog cart checkout orders search'
# The user of our images. PostgreSQL's differs from image to image, so its files are for everyone in its own folder.
readonly SERVICE_USER=65532

random_hex() { # BYTES
  head -c "$1" /dev/urandom | od -An -tx1 | tr -d ' \n'
}

# An Ed25519 private key: PKCS#8 is a fixed head (RFC 8410) and 32 random bytes.
signing_key() {
  printf '%s\n' '-----BEGIN PRIVATE KEY-----'
  { printf '\060\056\002\001\000\060\005\006\003\053\145\160\004\042\004\040'; head -c 32 /dev/urandom; } | base64
  printf '%s\n' '-----END PRIVATE KEY-----'
}

# original NAME: makes it from standard input, unless it is there. Only this script sees the originals.
original() {
  mkdir -p /secrets/originals
  [ -s "/secrets/originals/$1" ] || { cat >"/secrets/originals/$1.new"; mv "/secrets/originals/$1.new" "/secrets/originals/$1"; }
}

# hand_out FOLDER NAME MODE USER: a file for a program, from standard input.
hand_out() {
  mkdir -p "/secrets/$1"
  chmod 0755 "/secrets/$1"
  # What an interrupted run gave away already cannot be written again.
  rm -f "/secrets/$1/$2.new"
  cat >"/secrets/$1/$2.new"
  chmod "$3" "/secrets/$1/$2.new"
  [ "$4" = root ] || chown "$4:$4" "/secrets/$1/$2.new"
  mv -f "/secrets/$1/$2.new" "/secrets/$1/$2"
}
hand_to_service() { # FOLDER NAME
  hand_out "$1" "$2" 0400 "$SERVICE_USER"
}

# pgpass ROLE NAME: a line of a password file.
pgpass() {
  printf '*:*:*:%s:%s\n' "$1" "$(cat "/secrets/originals/$2")"
}

chmod 0755 /secrets
for name in superuser replication $SERVICES; do
  random_hex 24 | original "$name"
  hand_out postgres "$name" 0444 root <"/secrets/originals/$name"
done
signing_key | original jwt_signing_key
random_hex 32 | original password_pepper
random_hex 32 | original order_token_key

pgpass postgres superuser | hand_to_service migrate pgpass
for service in $SERVICES; do
  pgpass "techmart_$service" "$service" | hand_to_service "$service" pgpass
done
for service in $SERVICES; do pgpass "techmart_$service" "$service"; done | hand_to_service single pgpass

# `single` is the process of all services. Checkout hands out the tokens by which guests see their orders, orders checks them.
for folder in auth single; do
  hand_to_service "$folder" jwt_signing_key </secrets/originals/jwt_signing_key
  hand_to_service "$folder" password_pepper </secrets/originals/password_pepper
done
for folder in checkout orders single; do
  hand_to_service "$folder" order_token_key </secrets/originals/order_token_key
done
