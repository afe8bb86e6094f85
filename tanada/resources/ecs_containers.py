"""The members of a container definition, which the provider takes as a text, with their types as Terraform writes them
(ECS API reference, ContainerDefinition, as botocore models it)."""

from __future__ import annotations

from typing import Any

MEMBERS: dict[str, Any] = {
    "name": "string",
    "image": "string",
    "repositoryCredentials": ["object", {"credentialsParameter": "string"}],
    "cpu": "number",
    "memory": "number",
    "memoryReservation": "number",
    "links": ["list", "string"],
    "portMappings": [
        "list",
        [
            "object",
            {
                "containerPort": "number",
                "hostPort": "number",
                "protocol": "string",
                "name": "string",
                "appProtocol": "string",
                "containerPortRange": "string",
            },
        ],
    ],
    "essential": "bool",
    "restartPolicy": [
        "object",
        {"enabled": "bool", "ignoredExitCodes": ["list", "number"], "restartAttemptPeriod": "number"},
    ],
    "entryPoint": ["list", "string"],
    "command": ["list", "string"],
    "environment": ["list", ["object", {"name": "string", "value": "string"}]],
    "environmentFiles": ["list", ["object", {"value": "string", "type": "string"}]],
    "mountPoints": ["list", ["object", {"sourceVolume": "string", "containerPath": "string", "readOnly": "bool"}]],
    "volumesFrom": ["list", ["object", {"sourceContainer": "string", "readOnly": "bool"}]],
    "linuxParameters": [
        "object",
        {
            "capabilities": ["object", {"add": ["list", "string"], "drop": ["list", "string"]}],
            "devices": [
                "list",
                ["object", {"hostPath": "string", "containerPath": "string", "permissions": ["list", "string"]}],
            ],
            "initProcessEnabled": "bool",
            "sharedMemorySize": "number",
            "tmpfs": [
                "list",
                ["object", {"containerPath": "string", "size": "number", "mountOptions": ["list", "string"]}],
            ],
            "maxSwap": "number",
            "swappiness": "number",
        },
    ],
    "secrets": ["list", ["object", {"name": "string", "valueFrom": "string"}]],
    "dependsOn": ["list", ["object", {"containerName": "string", "condition": "string"}]],
    "startTimeout": "number",
    "stopTimeout": "number",
    "versionConsistency": "string",
    "hostname": "string",
    "user": "string",
    "workingDirectory": "string",
    "disableNetworking": "bool",
    "privileged": "bool",
    "readonlyRootFilesystem": "bool",
    "dnsServers": ["list", "string"],
    "dnsSearchDomains": ["list", "string"],
    "extraHosts": ["list", ["object", {"hostname": "string", "ipAddress": "string"}]],
    "dockerSecurityOptions": ["list", "string"],
    "interactive": "bool",
    "pseudoTerminal": "bool",
    "dockerLabels": ["map", "string"],
    "ulimits": ["list", ["object", {"name": "string", "softLimit": "number", "hardLimit": "number"}]],
    "logConfiguration": [
        "object",
        {
            "logDriver": "string",
            "options": ["map", "string"],
            "secretOptions": ["list", ["object", {"name": "string", "valueFrom": "string"}]],
        },
    ],
    "healthCheck": [
        "object",
        {
            "command": ["list", "string"],
            "interval": "number",
            "timeout": "number",
            "retries": "number",
            "startPeriod": "number",
        },
    ],
    "systemControls": ["list", ["object", {"namespace": "string", "value": "string"}]],
    "resourceRequirements": [
        "list",
        [
            "object",
            {
                "value": "string",
                "type": "string",
                "sharingStrategy": [
                    "object",
                    {"nvidiaMps": ["object", {"memory": "number", "maxComputePercent": "number"}]},
                ],
            },
        ],
    ],
    "firelensConfiguration": ["object", {"type": "string", "options": ["map", "string"]}],
    "credentialSpecs": ["list", "string"],
}
