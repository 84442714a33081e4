#!/usr/bin/env bash
# Asks a running shop what a shopper would, up to the checkout, and buys nothing.
#
#   smoke.sh URL [OPS_URL...]
#
# URL is the shop as the world sees it. Each OPS_URL is a service's listener for probes, where it can be reached.
# Exit 1 at the first wrong answer. It leaves one guest's cart with an open checkout, which expire by themselves.
set -euo pipefail

shop=${1:?usage: ${0##*/} URL [OPS_URL...]}
shop=${shop%/}
shift

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() {
  echo "smoke: $1" >&2
  if [ -s "$scratch/body" ]; then head -c 500 "$scratch/body" >&2 && echo >&2; fi
  exit 1
}

# ask NAME STATUS CURL_ARGUMENTS...: the answer's body and headers are left in $scratch. A lost connection or an answer
# of 5xx is asked for twice more: a deployment that is right survives it, one that is wrong does not.
ask() {
  local name=$1 want=$2 status
  shift 2
  : >"$scratch/body"
  status=$(curl --silent --show-error --max-time 15 --retry 2 --retry-delay 1 --retry-connrefused \
    --output "$scratch/body" --dump-header "$scratch/head" --write-out '%{http_code}' "$@") || fail "$name: no answer"
  [ "$status" = "$want" ] || fail "$name: $status instead of $want"
  echo "smoke: $name"
}

# value FILTER WHAT: a value out of the last answer, which must be there.
value() {
  local found
  found=$(jq --raw-output --exit-status "$1" "$scratch/body" 2>/dev/null) || fail "no $2 in the answer"
  echo "$found"
}

# header NAME: of the last answer.
header() {
  tr -d '\r' <"$scratch/head" | awk -v name="$1:" 'tolower($1) == name { print $2 }' | tail -n 1
}

json=(--header 'Content-Type: application/json')

for ops in "$@"; do
  ask "$ops lives" 200 "${ops%/}/livez"
  ask "$ops is ready" 200 "${ops%/}/readyz"
done

ask 'pages: the first page' 200 "$shop/"
grep -qi '<html' "$scratch/body" || fail 'the first page is not HTML'
ask 'pages: a deep link' 200 "$shop/search?q=anything"
ask 'gateway: an unknown path of the API' 404 "$shop/api/v1/there-is-no-such-path"

ask 'auth: public keys' 200 "$shop/.well-known/jwks.json"
value '.keys[0].kid' 'public key' >/dev/null
ask 'auth: a wrong token is refused' 401 "$shop/api/v1/me" --header 'Authorization: Bearer wrong'

ask 'catalog: categories' 200 "$shop/api/v1/categories"
ask 'catalog: what can be bought' 200 --get "$shop/api/v1/products" --data in_stock=true --data limit=1
query=$(value '.items[0].title[:60]' 'product in stock')

ask 'search: results' 200 --get "$shop/api/v1/search" --data-urlencode "q=$query" --data in_stock=true --data limit=1
product=$(value '[.. | strings | select(startswith("prd_"))][0]' 'product')
variant=$(value '[.. | strings | select(startswith("var_"))][0]' 'variant')
if [ "$(value 'if .degraded then "yes" else "no" end' 'state')" = yes ]; then
  echo "smoke: warning: search answers without OpenSearch" >&2
fi
ask 'search: suggestions' 200 --get "$shop/api/v1/search/suggest" --data-urlencode "q=$query"

ask 'catalog: a product' 200 "$shop/api/v1/products/$product"

ask 'cart: a new cart' 201 --request POST "$shop/api/v1/carts"
cart=$(value '[.. | strings | select(startswith("crt_"))][0]' 'cart')
token=$(header cart-token)
[ -n "$token" ] || fail 'the new cart has no token'
guest=(--header "Cart-Token: $token")
ask 'cart: a line' 200 --request POST "$shop/api/v1/carts/$cart/lines" "${guest[@]}" "${json[@]}" \
  --data "{\"variant_id\":\"$variant\",\"quantity\":1}"
ask 'cart: read back' 200 "$shop/api/v1/carts/$cart" "${guest[@]}"
grep -q "$variant" "$scratch/body" || fail 'the line is not in the cart'
ask 'cart: closed to others' 404 "$shop/api/v1/carts/$cart"

ask 'checkout: begun' 201 --request POST "$shop/api/v1/checkouts" "${guest[@]}" "${json[@]}" --data "{\"cart_id\":\"$cart\"}"
ask 'checkout: how to pay' 200 "$shop/api/v1/payments/config"

ask 'orders: closed to guests' 401 "$shop/api/v1/orders"

echo "smoke: the shop at $shop works"
