#!/usr/bin/env bash
# Lists payments that the provider took and the shop knows nothing of, as after a restore of the database to an earlier
# moment: a line for each with payment, order, amount in minor units, currency.
#
#   unknown-payments.sh SINCE             SINCE in Unix seconds: the moment restored to, a minute less
#   unknown-payments.sh SINCE --refund    gives each back in full; asked again it gives nothing twice
#
# SHOP is the shop's address, STAFF_TOKEN an access token with `orders.read`, STRIPE_SECRET_KEY the key of the shop's account,
# STRIPE_API the provider's address if it is not Stripe's. Run it when nothing is under way any more: a purchase that is being
# settled is known by then.
set -euo pipefail
usage="usage: ${0##*/} SINCE [--refund]"
since=${1:?$usage} refund=${2:-}
case $refund in '' | --refund) ;; *) echo "$usage" >&2; exit 2 ;; esac
: "${SHOP:?}" "${STAFF_TOKEN:?}" "${STRIPE_SECRET_KEY:?}"
api=${STRIPE_API:-https://api.stripe.com}

# Keys are read from a pipe: arguments are seen by everyone on the machine.
provider() {
  curl --silent --show-error --fail-with-body --header @<(printf 'Authorization: Bearer %s\n' "$STRIPE_SECRET_KEY") "$@"
}

# knows ORDER: whether the shop has it. Anything but yes and no ends the script.
knows() {
  local status
  status=$(curl --silent --show-error --output /dev/null --write-out '%{http_code}' \
    --header @<(printf 'Authorization: Bearer %s\n' "$STAFF_TOKEN") "$SHOP/api/v1/admin/orders/$1")
  case $status in
    200) return 0 ;;
    404) return 1 ;;
    429 | 503) sleep 1 && knows "$1" ;;
    *)
      echo "${0##*/}: order $1: the shop answered $status" >&2
      exit 1
      ;;
  esac
}

# give_back PAYMENT STATUS: returns what was taken, or ends a hold. The key makes it once.
give_back() {
  if [ "$2" = requires_capture ]; then
    provider --output /dev/null --request POST --header "Idempotency-Key: unknown-$1" "$api/v1/payment_intents/$1/cancel"
  else
    provider --output /dev/null --header "Idempotency-Key: unknown-$1" --data-urlencode "payment_intent=$1" "$api/v1/refunds"
  fi
}

after=''
while :; do
  page=$(provider --get --data-urlencode "created[gte]=$since" --data limit=100 --data-urlencode 'expand[]=data.latest_charge' \
    ${after:+--data-urlencode "starting_after=$after"} "$api/v1/payment_intents")
  while read -r payment status order amount currency; do
    if knows "$order"; then continue; fi
    echo "$payment $order $amount $currency"
    if [ "$refund" = --refund ]; then give_back "$payment" "$status"; fi
  done < <(jq --raw-output '.data[]
    | select(.metadata.order_id and (.status == "succeeded" or .status == "requires_capture"))
    | (.amount - (.latest_charge.amount_refunded // 0)) as $left | select($left > 0)
    | [.id, .status, .metadata.order_id, $left, .currency] | join(" ")' <<<"$page")
  [ "$(jq '.has_more' <<<"$page")" = true ] || break
  after=$(jq --raw-output '.data[-1].id' <<<"$page")
done
