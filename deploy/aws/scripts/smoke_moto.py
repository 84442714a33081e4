"""Creates an environment's stacks on moto, in the order of their dependencies, and looks at what really exists.

moto leaves out silently what it does not know, so CREATE_COMPLETE alone means nothing: each resource that is listed
without a type was left out. Types that moto 5.2.5 cannot make are in moto-unsupported.txt; anything else that is left
out fails, and so does a type in that file which this moto knows, unless a comment says that it breaks there.
"""

import json
import logging
import pathlib
import re
import sys
import warnings

import boto3
from moto.cloudformation.parsing import resource_class_from_type
from moto.server import ThreadedMotoServer

# moto tells each request, and each type that it does not know; that is judged here.
logging.disable(logging.WARNING)
warnings.simplefilter("ignore")

HERE = pathlib.Path(__file__).parent
ASSEMBLY = HERE.parent / "cdk.out"
REGION = "us-east-1"
DIGEST = "sha256:" + "0" * 64
# Attributes that moto's imitations of these types lack.
ATTRIBUTES = {
    ("AWS::RDS::DBInstance", "MasterUserSecret.SecretArn"),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupFullName"),
}
# Properties on which moto stumbles: taken away, or with them the resource that means nothing without.
WITHOUT = {"AWS::KMS::Key": "Tags", "AWS::RDS::DBInstance": "DBParameterGroupName"}
NOT_WITH = {"AWS::EC2::SecurityGroupIngress": "SourcePrefixListId"}
# In which order an environment is deployed; the README says the same.
ORDER = ["recovery", "network", "data", "platform", "migrations", "service-", "edge-firewall", "edge-integrators", "edge", "ops", "access"]


def unsupported() -> dict[str, str]:
    """Types to leave out, each with the comment behind it."""
    lines = (HERE / "moto-unsupported.txt").read_text().splitlines()
    pairs = (line.partition("#") for line in lines)
    return {kind.strip(): comment.strip() for kind, _, comment in pairs if kind.strip()}


def templates(environment: str) -> list[tuple[str, dict]]:
    """Names and templates in the order of deployment."""
    prefix = f"techmart-{environment}-"
    found = {path.name.removesuffix(".template.json"): path for path in ASSEMBLY.glob(f"{prefix}*.template.json")}

    def place(name: str) -> int:
        part = name.removeprefix(prefix)
        return next(i for i, known in enumerate(ORDER) if part == known or (known.endswith("-") and part.startswith(known)))

    return [(name, json.loads(found[name].read_text())) for name in sorted(found, key=lambda name: (place(name), name))]


def reduced(template: dict, skip: dict[str, str], exports: dict[str, str]) -> dict:
    """The template without what moto cannot make: references to it, and to other stacks' exports, become texts."""
    gone = {
        key
        for key, resource in template["Resources"].items()
        if resource["Type"] in skip or NOT_WITH.get(resource["Type"]) in resource.get("Properties", {})
    }

    def walk(value):
        if isinstance(value, dict):
            if len(value) == 1:
                (key, argument), = value.items()
                if key == "Ref" and argument in gone:
                    return f"arn:aws:made-up:{REGION}:123456789012:{argument}"
                if key == "Fn::GetAtt" and (argument[0] in gone or (template["Resources"][argument[0]]["Type"], argument[1]) in ATTRIBUTES):
                    return f"arn:aws:made-up:{REGION}:123456789012:{argument[0]}"
                if key == "Fn::ImportValue" and not isinstance(argument, dict):
                    return exports.get(argument, f"arn:aws:made-up:{REGION}:123456789012:import")
            return {key: walk(item) for key, item in value.items()}
        if isinstance(value, list):
            return [walk(item) for item in value]
        return value

    kept = {key: resource for key, resource in template["Resources"].items() if key not in gone}
    for resource in kept.values():
        resource.get("Properties", {}).pop(WITHOUT.get(resource["Type"]), None)
        depends = resource.get("DependsOn", [])
        depends = [depends] if isinstance(depends, str) else depends
        resource["DependsOn"] = [other for other in depends if other not in gone]
        if not resource["DependsOn"]:
            del resource["DependsOn"]
    return {**template, "Resources": walk(kept), "Outputs": walk(template.get("Outputs", {}))}


def main() -> int:
    environment = sys.argv[1]
    skip = unsupported()
    seen: set[str] = set()
    stacks = templates(environment)
    if not stacks:
        print("smoke: no templates; `npm run synth` first", file=sys.stderr)
        return 1
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)
    client = lambda name: session.client(name, endpoint_url=f"http://{host}:{port}")  # noqa: E731
    cloudformation, ssm, s3 = client("cloudformation"), client("ssm"), client("s3")
    ssm.put_parameter(Name=f"/techmart/{environment}/telemetry-digest", Value=DIGEST, Type="String")
    # The placeholder in config/environments.ts is nobody's certificate.
    certificate = client("acm").request_certificate(DomainName="shop.example.com")["CertificateArn"]
    failures: list[str] = []
    created = left_out = 0
    exports: dict[str, str] = {}
    try:
        for name, template in stacks:
            seen |= {resource["Type"] for resource in template["Resources"].values()}
            small = reduced(template, skip, exports)
            left_out += len(template["Resources"]) - len(small["Resources"])
            if not small["Resources"]:
                print(f"{name}: nothing that moto can make")
                continue
            parameters = [{"ParameterKey": "ImageDigest", "ParameterValue": DIGEST}] if "ImageDigest" in template.get("Parameters", {}) else []
            body = re.sub(r"arn:aws:acm:[^\"]+", certificate, json.dumps(small))
            bucket = f"{name}-template"
            s3.create_bucket(Bucket=bucket)
            s3.put_object(Bucket=bucket, Key="template.json", Body=body)
            try:
                cloudformation.create_stack(
                    StackName=name,
                    TemplateURL=f"https://s3.amazonaws.com/{bucket}/template.json",
                    Parameters=parameters,
                    Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
                )
            except Exception as error:  # whatever moto says is the finding
                failures.append(f"{name}: {error}")
                continue
            status = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
            if status != "CREATE_COMPLETE":
                failures.append(f"{name}: {status}")
            pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
            made = {item["LogicalResourceId"] for page in pages for item in page["StackResourceSummaries"] if item.get("ResourceType")}
            for key, resource in small["Resources"].items():
                if key not in made:
                    failures.append(f"{name}: {resource['Type']} was left out silently ({key})")
            created += len(made)
            for output in cloudformation.describe_stacks(StackName=name)["Stacks"][0].get("Outputs", []):
                if "ExportName" in output:
                    exports[output["ExportName"]] = output["OutputValue"]
            print(f"{name}: {len(made)} of {len(template['Resources'])} resources")
    finally:
        server.stop()
    for kind, why in skip.items():
        if resource_class_from_type(kind) and "breaks" not in why:
            failures.append(f"moto-unsupported.txt names {kind}, which moto knows")
        if environment == "production" and kind not in seen:
            failures.append(f"moto-unsupported.txt names {kind}, which no stack has")
    for failure in failures:
        print(f"FAIL {failure}", file=sys.stderr)
    print(f"smoke: {created} resources made, {left_out} of types in moto-unsupported.txt left out, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
