// Shoppers for the compose profile `load` (k6): they look around, and one in ten puts something into a cart.
// All come from one address, so the rate stays below the limits of the gateway for one shopper.
import http from "k6/http";
import { check, sleep } from "k6";

const shop = __ENV.SHOP;

export const options = {
  scenarios: {
    shoppers: { executor: "constant-arrival-rate", rate: 4, timeUnit: "1s", duration: "2m", preAllocatedVUs: 20 },
  },
  thresholds: {
    http_req_failed: ["rate<0.001"],
    http_req_duration: ["p(99)<500"],
  },
};

const words = ["laptop", "usb hub", "headphones", "tv 55", "ssd 1tb", "printer"];

export default function visit() {
  const word = words[Math.floor(Math.random() * words.length)];
  check(http.get(`${shop}/`), { "pages come": (answer) => answer.status === 200 });
  http.get(`${shop}/api/v1/search/suggest?q=${encodeURIComponent(word.slice(0, 3))}`);
  const found = http.get(`${shop}/api/v1/search?q=${encodeURIComponent(word)}&in_stock=true&limit=24`);
  if (!check(found, { "search answers": (answer) => answer.status === 200 })) return;
  const items = found.json("items") || [];
  if (items.length === 0) return;
  const product = http.get(`${shop}/api/v1/products/${items[0].id}`, { tags: { name: "product" } });
  check(product, { "products open": (answer) => answer.status === 200 });
  sleep(1);
  if (Math.random() < 0.1) put(product.json("variants.0.id"));
}

function put(variant) {
  const cart = http.post(`${shop}/api/v1/carts`, "{}", json({}));
  if (!check(cart, { "carts open": (answer) => answer.status === 201 })) return;
  const token = cart.headers["Cart-Token"];
  const line = JSON.stringify({ variant_id: variant, quantity: 1 });
  const added = http.post(`${shop}/api/v1/carts/${cart.json("id")}/lines`, line, {
    ...json({ "Cart-Token": token }),
    tags: { name: "add line" },
  });
  check(added, { "lines are added": (answer) => answer.status < 300 || answer.status === 409 });
}

function json(headers) {
  return { headers: { "Content-Type": "application/json", ...headers } };
}
