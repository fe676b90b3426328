# The engine by Docker Compose. `make` lists what there is.
COMPOSE ?= docker compose
URL ?= http://127.0.0.1:$(or $(RCE_HTTP_PORT),80)
-include .env
# The group that may use the Docker socket, unless .env says it.
export RCE_DOCKER_GID ?= $(shell stat -c %g $(or $(RCE_DOCKER_SOCKET),/var/run/docker.sock) 2>/dev/null || echo 0)

.DEFAULT_GOAL := help
.PHONY: help build up down logs logs-worker verify test clean pull-images

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

build: ## build the images
	$(COMPOSE) build

up: ## start everything, and wait until it serves
	$(COMPOSE) up --detach --build --wait
	@echo "ready $(URL)"

down: ## stop everything; the data stays
	$(COMPOSE) down

logs: ## follow all logs
	$(COMPOSE) logs --follow --tail=100

logs-worker: ## follow the runner's log
	$(COMPOSE) logs --follow --tail=100 sandbox-runner

verify: ## ask every part whether it is well, and run a Python and a JavaScript job
	@COMPOSE='$(COMPOSE)' sh test-scripts/verify.sh $(URL)

test: ## run the test scripts against the running engine
	@sh test-scripts/run-tests.sh $(URL)

clean: ## stop everything and delete its data, images and sandboxes
	$(COMPOSE) down --volumes --rmi local --remove-orphans
	@docker ps -aq --filter name=rce-exec- | xargs -r docker rm -f >/dev/null

pull-images: ## pull the images of all languages
	@sed -n 's/^ *"image": "\(.*\)".*/\1/p' languages/*/language.json | sort -u | xargs -n 1 docker pull
