# Every image that is released, each once. build-images.sh calls it; by hand, to see what would be built:
#   docker buildx bake --file deploy/pipeline/bake.hcl --print

# Base images by digest; build-images.sh takes them from docker/images.env. Without a value the Dockerfile has its own.
variable "RUST_IMAGE" { default = null }
variable "RUNTIME_IMAGE" { default = null }
variable "PYTHON_IMAGE" { default = null }
variable "NODE_IMAGE" { default = null }
variable "NGINX_IMAGE" { default = null }

variable "REGISTRY" { default = "localhost:5000" }
variable "VERSION" { default = "dev" }
variable "REVISION" { default = "unknown" }
variable "SOURCE" { default = "https://example.com/techmart" }

group "default" {
  targets = ["service", "search", "techmart", "migrate", "gateway", "paysim"]
}

target "image" {
  context = "."
  args = {
    VERSION       = VERSION
    REVISION      = REVISION
    SOURCE        = SOURCE
    RUST_IMAGE    = RUST_IMAGE
    RUNTIME_IMAGE = RUNTIME_IMAGE
    PYTHON_IMAGE  = PYTHON_IMAGE
    NODE_IMAGE    = NODE_IMAGE
    NGINX_IMAGE   = NGINX_IMAGE
  }
}

# search is apart: its image holds the sentence model.
target "service" {
  name       = unit
  matrix     = { unit = ["auth", "catalog", "cart", "checkout", "orders"] }
  inherits   = ["image"]
  dockerfile = "docker/service.Dockerfile"
  target     = "service"
  args       = { SERVICE = unit }
  tags       = ["${REGISTRY}/techmart/${unit}"]
}

target "search" {
  inherits   = ["image"]
  dockerfile = "docker/service.Dockerfile"
  target     = "search"
  args       = { SERVICE = "search" }
  tags       = ["${REGISTRY}/techmart/search"]
}

# One process that mounts all six services.
target "techmart" {
  inherits   = ["image"]
  dockerfile = "docker/service.Dockerfile"
  target     = "single"
  args       = { SERVICE = "all", PROGRAM = "techmart" }
  tags       = ["${REGISTRY}/techmart/techmart"]
}

target "migrate" {
  inherits   = ["image"]
  dockerfile = "docker/migrate.Dockerfile"
  tags       = ["${REGISTRY}/techmart/migrate"]
}

target "gateway" {
  inherits   = ["image"]
  dockerfile = "docker/gateway.Dockerfile"
  tags       = ["${REGISTRY}/techmart/gateway"]
}

target "paysim" {
  inherits   = ["image"]
  dockerfile = "docker/paysim.Dockerfile"
  tags       = ["${REGISTRY}/techmart/paysim"]
}
