# Closing the shop, restoring to a moment, promoting a replica: scripts of deploy/aws/scripts.
# shellcheck shell=bash disable=SC2154 # sourced by test.sh
scripts="$here/../aws/scripts"

shop() {
  fresh
  answer 'aws ecs list-services --cluster techmart-staging-cluster' '{"serviceArns":["arn:aws:ecs:x:service/c/cart","arn:aws:ecs:x:service/c/auth"]}'
  answer 'aws application-autoscaling describe-scalable-targets' '{"ScalableTargets":[{"MinCapacity":3}]}'
}
shop
expect 0 'close' "$scripts/close-shop.sh" staging close
shows 'DynamicScalingInSuspended=true,DynamicScalingOutSuspended=true,ScheduledScalingSuspended=true' 'close: scaling raises nothing again' "$CALLS"
shows 'update-service --cluster techmart-staging-cluster --service cart --desired-count 0' 'close: no task' "$CALLS"
shows 'services-stable --cluster techmart-staging-cluster --services auth cart' 'close: until all are gone' <(tail -n 1 "$CALLS")
shop
expect 0 'open' "$scripts/close-shop.sh" staging open
shows 'ScheduledScalingSuspended=false' 'open: scaling goes on' "$CALLS"
shows '--service auth --desired-count 3' 'open: auth first, with its smallest number' <(grep -m 1 update-service "$CALLS")
shows 'wait services-stable --cluster techmart-staging-cluster --services auth' 'open: and ready before the others' <(grep -m 1 wait "$CALLS")
expect 2 'close: nothing but close and open' "$scripts/close-shop.sh" staging ajar
fresh
answer 'aws ecs list-services' '{"serviceArns":[]}'
expect 1 'close: no such shop' "$scripts/close-shop.sh" staging close

database() { # LATEST
  fresh
  answer 'aws rds describe-db-instances --db-instance-identifier techmart-staging-db-primary --query DBInstances[0] ' "{\"DBInstanceClass\":\"db.x\",
    \"LatestRestorableTime\":\"$1\",\"DBSubnetGroup\":{\"DBSubnetGroupName\":\"inside\"},\"DBParameterGroups\":[{\"DBParameterGroupName\":\"ours\"}],
    \"VpcSecurityGroups\":[{\"VpcSecurityGroupId\":\"sg-1\"},{\"VpcSecurityGroupId\":\"sg-2\"}]}"
  answer 'aws rds describe-db-instances --db-instance-identifier techmart-staging-db-restored' 'restored.example.com'
}
database 2026-11-23T14:06:00Z
expect 0 'restore' "$scripts/restore-to-moment.sh" staging 2026-11-23T14:05:09Z
shows '--target-db-instance-identifier techmart-staging-db-restored --restore-time 2026-11-23T14:05:09Z' 'restore: beside the one that runs' "$CALLS"
shows '--db-subnet-group-name inside --db-parameter-group-name ours --vpc-security-group-ids sg-1 sg-2 --multi-az --no-publicly-accessible --deletion-protection' \
  'restore: as closed and as safe' "$CALLS"
shows 'restored.example.com' 'restore: prints its address'
database 2026-11-23T14:05:00Z
expect 1 'restore: the log is not archived so far' "$scripts/restore-to-moment.sh" staging 2026-11-23T14:05:09Z
expect 1 'restore: and nothing is begun' grep restore-db-instance "$CALLS"
fresh
expect 0 'swap' "$scripts/restore-to-moment.sh" staging swap
shows '--db-instance-identifier techmart-staging-db-primary --new-db-instance-identifier techmart-staging-db-damaged' 'swap: the damaged one is kept' <(grep -m 1 modify "$CALLS")
shows '--db-instance-identifier techmart-staging-db-restored --new-db-instance-identifier techmart-staging-db-primary' 'swap: and gives its name away' "$CALLS"
expect 1 'swap: nothing is deleted' grep delete "$CALLS"

fresh
answer 'aws rds describe-db-instances --db-instance-identifier techmart-staging-db-replica-2' 'replica.example.com'
expect 0 'promote a replica' "$scripts/promote-replica.sh" staging 2
shows 'promote-read-replica --db-instance-identifier techmart-staging-db-replica-2 --backup-retention-period 7' 'promote a replica: with backups' "$CALLS"
shows '--db-instance-identifier techmart-staging-db-replica-2 --multi-az' 'promote a replica: with a standby' "$CALLS"
shows 'replica.example.com' 'promote a replica: prints its address'
fresh
expect 0 'failover' "$scripts/promote-replica.sh" staging failover
shows 'reboot-db-instance --db-instance-identifier techmart-staging-db-primary --force-failover' 'failover: to the standby' "$CALLS"
expect 1 'failover: no replica is promoted' grep promote "$CALLS"

password() { # VALUE OUTCOME [STATUS_LINES]
  migrations "${3:-20261123010000  applied  auth}" 0 "$2"
  answer 'aws secretsmanager get-secret-value' "$1"
  answer 'aws secretsmanager get-random-password' 'new'
}
steps() { grep --only-matching --extended-regexp 'put-secret-value|update-service|services-stable|start-execution' "$CALLS" | paste -sd ' '; }
password '{"password":"old","other":""}' SUCCEEDED
expect 0 'rotate a password' "$scripts/rotate-database-password.sh" staging cart
shows 'put-secret-value update-service services-stable put-secret-value start-execution put-secret-value' \
  'rotate a password: tasks know both before the database changes' <(steps)
shows 'update-service --cluster techmart-staging-cluster --service cart --force-new-deployment' 'rotate a password: of that service' "$CALLS"
expect 1 'rotate a password: none is an argument' grep -E 'old|new( |$)' "$CALLS"
password '{"password":"old","other":"half"}' SUCCEEDED
expect 0 'rotate a password: again' "$scripts/rotate-database-password.sh" staging cart
shows 'start-execution put-secret-value update-service' 'rotate a password: after an interruption the database is certain first' <(steps)
password '{"password":"old","other":""}' FAILED
expect 1 'rotate a password: the database does not take it' "$scripts/rotate-database-password.sh" staging cart
shows 'put-secret-value update-service services-stable put-secret-value start-execution' 'rotate a password: tasks that start know both still' <(steps)
expect 1 'rotate a password: neither is dropped' test "$(grep -c put-secret-value "$CALLS")" -eq 3
password '{"password":"old","other":""}' SUCCEEDED '20261123010000  applied  auth
20261123161000  pending  shipping rates only'
expect 3 'rotate a password: removals wait' "$scripts/rotate-database-password.sh" staging cart
expect 1 'rotate a password: nothing is begun' grep -E 'put-secret-value|update-service|start-execution' "$CALLS"
