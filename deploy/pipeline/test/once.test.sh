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

fresh
answer 'aws stepfunctions list-state-machines' '{"stateMachines":[{"name":"techmart-staging-migrations","stateMachineArn":"arn:m"}]}'
answer 'aws stepfunctions describe-state-machine --state-machine-arn arn:m' '{"States":{"Up":{"Parameters":{"NetworkConfiguration":
  {"AwsvpcConfiguration":{"Subnets":["subnet-2"],"SecurityGroups":["sg-2"]}}}}}}'
answer 'aws ecs run-task' '{"tasks":[{"taskArn":"arn:aws:ecs:x:task/c/t2"}]}'
answer 'aws logs get-log-events --log-group-name /techmart/staging/migrate --log-stream-name migrate/migrate/t2' '{"events":[{"message":"all hold"}]}'
answer 'aws ecs describe-tasks' '{"tasks":[{"containers":[{"name":"migrate","exitCode":0}]}]}'
expect 0 'once: of techmart-migrate' "$here/run-once.sh" staging migrate verify
shows 'all hold' 'once: what it said'
shows '--task-definition techmart-staging-migrate' 'once: in the migrations task' "$CALLS"
shows '"subnets":["subnet-2"],"securityGroups":["sg-2"]' 'once: with its network' "$CALLS"
shows '{"name":"migrate","command":["verify"]}' 'once: its container' "$CALLS"
expect 1 'once: no such environment' "$here/run-once.sh" nowhere migrate verify
