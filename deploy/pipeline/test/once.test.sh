# An operator's command beside a service.
# shellcheck shell=bash disable=SC2154 # sourced by test.sh

beside() { # EXIT_CODE
  fresh
  answer 'aws ecs describe-services --cluster techmart-staging-cluster --services auth' '{"services":[{"status":"ACTIVE",
    "taskDefinition":"auth:7","networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-1"]}}}]}'
  answer 'aws ecs run-task' '{"tasks":[{"taskArn":"arn:aws:ecs:x:task/c/t1"}]}'
  answer 'aws logs get-log-events --log-group-name /techmart/staging/auth --log-stream-name app/app/t1' '{"events":[{"message":"password: p"}]}'
  answer 'aws ecs describe-tasks' "{\"tasks\":[{\"containers\":[{\"name\":\"telemetry\",\"exitCode\":0},{\"name\":\"app\",\"exitCode\":$1}]}]}"
}
beside 0
expect 0 'once' "$here/run-once.sh" staging auth staff create --email 'a "b"@example.com'
shows 'password: p' 'once: what it said'
shows '--task-definition auth:7' 'once: the image that runs' "$CALLS"
shows '"command":["staff","create","--email","a \"b\"@example.com"]' 'once: words stay words' "$CALLS"
shows '{"awsvpcConfiguration":{"subnets":["subnet-1"]}}' 'once: in the same network' "$CALLS"
beside 3
expect 1 'once: it fails' "$here/run-once.sh" staging auth staff list
shows 'exit code 3' 'once: and says how'
beside null
expect 1 'once: it never starts' "$here/run-once.sh" staging auth staff list
fresh
answer 'aws ecs describe-services' '{"services":[]}'
expect 1 'once: no such service' "$here/run-once.sh" staging nobody staff list
expect 2 'once: no command' "$here/run-once.sh" staging auth
