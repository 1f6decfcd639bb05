"""
How CloudFormation writes the kinds of Amazon, beside those of SageMaker.

Properties are those of the APIs, so mostly the case of the names is all that differs from Terraform's.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, Optional

from guardrail.catalog.aws.ec2 import INSTANCE, LAUNCH_TEMPLATE
from guardrail.catalog.aws.words import by_market, machine, one_zone
from guardrail.catalog.kind import From, GroupSpec, Kind, NoRows, at
from guardrail.catalog.spelling import Spelling
from guardrail.model.path import Segment
from guardrail.model.resource import Purchase

_SOURCE: Final = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"

_AS_THEY_ARE: Final = """
    acm_certificate AWS::CertificateManager::Certificate
    api_gateway_rest_api AWS::ApiGateway::RestApi
    api_gateway_stage AWS::ApiGateway::Stage
    apigatewayv2_api AWS::ApiGatewayV2::Api
    autoscaling_lifecycle_hook AWS::AutoScaling::LifecycleHook
    autoscaling_policy AWS::AutoScaling::ScalingPolicy
    batch_job_queue AWS::Batch::JobQueue
    batch_scheduling_policy AWS::Batch::SchedulingPolicy
    bedrock_guardrail AWS::Bedrock::Guardrail
    budgets_budget AWS::Budgets::Budget
    cloudfront_distribution AWS::CloudFront::Distribution
    cloudwatch_dashboard AWS::CloudWatch::Dashboard
    cloudwatch_event_rule AWS::Events::Rule
    cloudwatch_log_group AWS::Logs::LogGroup
    cloudwatch_metric_alarm AWS::CloudWatch::Alarm
    codebuild_project AWS::CodeBuild::Project
    db_instance AWS::RDS::DBInstance
    db_parameter_group AWS::RDS::DBParameterGroup
    db_subnet_group AWS::RDS::DBSubnetGroup
    docdb_cluster AWS::DocDB::DBCluster
    docdb_cluster_instance AWS::DocDB::DBInstance
    dynamodb_table AWS::DynamoDB::Table
    ecr_repository AWS::ECR::Repository
    ecs_cluster AWS::ECS::Cluster
    efs_access_point AWS::EFS::AccessPoint
    efs_file_system AWS::EFS::FileSystem
    efs_mount_target AWS::EFS::MountTarget
    eip_association AWS::EC2::EIPAssociation
    eks_access_entry AWS::EKS::AccessEntry
    eks_addon AWS::EKS::Addon
    eks_pod_identity_association AWS::EKS::PodIdentityAssociation
    elasticache_cluster AWS::ElastiCache::CacheCluster
    elasticache_replication_group AWS::ElastiCache::ReplicationGroup
    elasticache_subnet_group AWS::ElastiCache::SubnetGroup
    emrcontainers_virtual_cluster AWS::EMRContainers::VirtualCluster
    glue_catalog_database AWS::Glue::Database
    glue_catalog_table AWS::Glue::Table
    glue_connection AWS::Glue::Connection
    glue_crawler AWS::Glue::Crawler
    glue_trigger AWS::Glue::Trigger
    iam_group AWS::IAM::Group
    iam_instance_profile AWS::IAM::InstanceProfile
    iam_openid_connect_provider AWS::IAM::OIDCProvider
    iam_policy AWS::IAM::ManagedPolicy
    iam_role AWS::IAM::Role
    iam_role_policy AWS::IAM::RolePolicy
    iam_service_linked_role AWS::IAM::ServiceLinkedRole
    iam_user AWS::IAM::User
    internet_gateway AWS::EC2::InternetGateway
    internet_gateway_attachment AWS::EC2::VPCGatewayAttachment
    key_pair AWS::EC2::KeyPair
    kinesis_firehose_delivery_stream AWS::KinesisFirehose::DeliveryStream
    kinesis_stream AWS::Kinesis::Stream
    kms_alias AWS::KMS::Alias
    kms_key AWS::KMS::Key
    lambda_alias AWS::Lambda::Alias
    lambda_function AWS::Lambda::Function
    lambda_layer_version AWS::Lambda::LayerVersion
    lambda_permission AWS::Lambda::Permission
    lb AWS::ElasticLoadBalancingV2::LoadBalancer
    lb_listener AWS::ElasticLoadBalancingV2::Listener
    lb_listener_rule AWS::ElasticLoadBalancingV2::ListenerRule
    lb_target_group AWS::ElasticLoadBalancingV2::TargetGroup
    msk_cluster AWS::MSK::Cluster
    network_acl AWS::EC2::NetworkAcl
    network_interface AWS::EC2::NetworkInterface
    opensearch_domain AWS::OpenSearchService::Domain
    placement_group AWS::EC2::PlacementGroup
    rds_cluster AWS::RDS::DBCluster
    redshift_cluster AWS::Redshift::Cluster
    route AWS::EC2::Route
    route53_record AWS::Route53::RecordSet
    route53_zone AWS::Route53::HostedZone
    route_table AWS::EC2::RouteTable
    route_table_association AWS::EC2::SubnetRouteTableAssociation
    s3_bucket AWS::S3::Bucket
    s3_bucket_policy AWS::S3::BucketPolicy
    sagemaker_code_repository AWS::SageMaker::CodeRepository
    sagemaker_image AWS::SageMaker::Image
    sagemaker_image_version AWS::SageMaker::ImageVersion
    sagemaker_studio_lifecycle_config AWS::SageMaker::StudioLifecycleConfig
    secretsmanager_secret AWS::SecretsManager::Secret
    security_group AWS::EC2::SecurityGroup
    sfn_state_machine AWS::StepFunctions::StateMachine
    sns_topic AWS::SNS::Topic
    sns_topic_policy AWS::SNS::TopicPolicy
    sns_topic_subscription AWS::SNS::Subscription
    sqs_queue AWS::SQS::Queue
    sqs_queue_policy AWS::SQS::QueuePolicy
    subnet AWS::EC2::Subnet
    vpc AWS::EC2::VPC
    vpc_dhcp_options AWS::EC2::DHCPOptions
    vpc_peering_connection AWS::EC2::VPCPeeringConnection
    vpc_security_group_egress_rule AWS::EC2::SecurityGroupEgress
    vpc_security_group_ingress_rule AWS::EC2::SecurityGroupIngress
    vpn_connection AWS::EC2::VPNConnection
    vpn_gateway AWS::EC2::VPNGateway
    nat_gateway AWS::EC2::NatGateway
    eip AWS::EC2::EIP
    elb AWS::ElasticLoadBalancing::LoadBalancer
    ec2_capacity_reservation AWS::EC2::CapacityReservation
    ec2_host AWS::EC2::Host
    eks_fargate_profile AWS::EKS::FargateProfile
"""
"""Types of Terraform (without `aws_`) whose attributes are the properties of a type of CloudFormation."""


_OWN_WORDS: Final = frozenset({"tags", "labels", "environment"})
"""Members whose keys are somebody's own."""


def _renamed(kind: str, moved: Optional[Mapping[str, tuple[Segment, ...]]] = None, **renamed: str) -> Spelling:
    names = {path.replace("__", "."): name for path, name in renamed.items()}
    return Spelling(type=f"AWS::{kind}", renamed=names, moved=moved or {})


_OTHERWISE: Final[Mapping[str, Spelling]] = {
    "aws_autoscaling_group": Spelling(
        type="AWS::AutoScaling::AutoScalingGroup",
        renamed={
            "auto_scaling_group_name": "name",
            "launch_configuration_name": "launch_configuration",
            "tags": "tag",
            "launch_template.launch_template_id": "id",
            "launch_template.launch_template_name": "name",
            "mixed_instances_policy.launch_template.overrides": "override",
        },
        pairs={},
    ),
    "aws_autoscaling_schedule": _renamed(
        "AutoScaling::ScheduledAction", auto_scaling_group_name="autoscaling_group_name"
    ),
    "aws_launch_configuration": _renamed("AutoScaling::LaunchConfiguration", launch_configuration_name="name"),
    "aws_launch_template": Spelling(
        type="AWS::EC2::LaunchTemplate", body="/LaunchTemplateData", pairs={"tag_specifications.tags": ("key", "value")}
    ),
    "aws_ebs_volume": _renamed("EC2::Volume", volume_type="type"),
    "aws_eks_cluster": _renamed("EKS::Cluster", resources_vpc_config="vpc_config"),
    "aws_eks_node_group": _renamed(
        "EKS::Nodegroup",
        nodegroup_name="node_group_name",
        taints="taint",
    ),
    "aws_batch_compute_environment": _renamed(
        "Batch::ComputeEnvironment",
        compute_environment_name="name",
        compute_resources__minv_cpus="min_vcpus",
        compute_resources__maxv_cpus="max_vcpus",
        compute_resources__desiredv_cpus="desired_vcpus",
        compute_resources__instance_types="instance_type",
    ),
    "aws_emr_cluster": Spelling(
        type="AWS::EMR::Cluster",
        moved={
            **{
                f"instances.{part}_instance_{kind}": (f"{part}_instance_{kind}",)
                for part in ("master", "core")
                for kind in ("group", "fleet")
            },
            "instances.task_instance_groups": ("task_instance_groups",),
            "instances.task_instance_fleets": ("task_instance_fleets",),
        },
        renamed={
            f"instances.{part}.auto_scaling_policy": "autoscaling_policy"
            for part in ("core_instance_group", "task_instance_groups")
        },
        verbatim=_OWN_WORDS
        | {f"instances.{part}.autoscaling_policy" for part in ("core_instance_group", "task_instance_groups")},
    ),
    "aws_emr_instance_group": Spelling(
        type="AWS::EMR::InstanceGroupConfig",
        renamed={"job_flow_id": "cluster_id", "auto_scaling_policy": "autoscaling_policy"},
        verbatim=_OWN_WORDS | {"autoscaling_policy"},
    ),
    "aws_emr_instance_fleet": Spelling(type="AWS::EMR::InstanceFleetConfig"),
    "aws_ecs_task_definition": Spelling(
        type="AWS::ECS::TaskDefinition", verbatim=_OWN_WORDS | {"container_definitions"}
    ),
    "aws_batch_job_definition": Spelling(
        type="AWS::Batch::JobDefinition",
        renamed={"job_definition_name": "name"},
        verbatim=_OWN_WORDS
        | {"container_properties", "node_properties", "ecs_properties"}
        | {f"eks_properties.pod_properties.containers.resources.{kind}" for kind in ("limits", "requests")},
    ),
    "aws_ecs_service": _renamed("ECS::Service", service_name="name"),
}
"""Those whose names differ, or stand elsewhere."""


def in_templates(kinds: Iterable[Kind]) -> Iterator[Kind]:
    """Yield kinds with how CloudFormation writes them."""
    plain = dict(line.split() for line in _AS_THEY_ARE.strip().splitlines())
    for one in kinds:
        spelling = _OTHERWISE.get(one.type)
        if spelling is None and one.type.removeprefix("aws_") in plain:
            spelling = Spelling(type=plain[one.type.removeprefix("aws_")])
        taken = spelling is None or any(known.type == spelling.type for known in one.spellings)
        yield one if taken or spelling is None else replace(one, spellings=(*one.spellings, spelling))


def _purchase(market: Optional[str], template: Optional[Any]) -> Optional[Purchase]:
    """Return how an instance is bought; None where only its launch template can tell."""
    return None if market is None and template is not None else by_market(market)


_INSTANCE: Final = replace(
    INSTANCE,
    type="AWS::EC2::Instance",
    source=f"{_SOURCE}aws-resource-ec2-instance.html",
    groups=(
        GroupSpec(
            machine_types=machine("instance_type"),
            purchase=From((at("instance_market_options", 0, "market_type"), at("launch_template", 0)), _purchase),
            zones=at("availability_zone", convert=one_zone),
            disks=LAUNCH_TEMPLATE.groups[0].disks,
        ),
    ),
    spellings=(
        Spelling(
            type="AWS::EC2::Instance",
            renamed={
                "launch_template.launch_template_id": "id",
                "launch_template.launch_template_name": "name",
            },
        ),
    ),
)

_STACK: Final = Kind(
    type="AWS::CloudFormation::Stack",
    category="module.call",
    source=f"{_SOURCE}aws-resource-cloudformation-stack.html",
    names=("stack_name",),
    labels="tags",
    lines=(NoRows(name="what the nested stack creates"),),
    spellings=(Spelling(type="AWS::CloudFormation::Stack"),),
)


def _free(names: str) -> Iterator[Kind]:
    for name in names.split():
        native = f"AWS::{name}"
        yield Kind(
            type=native,
            category="other",
            source=f"{_SOURCE}aws-template-resource-type-ref.html",
            names=(),
            labels="tags",
            spellings=(Spelling(type=native),),
        )


KINDS: Final[tuple[Kind, ...]] = (
    _INSTANCE,
    _STACK,
    *_free(
        """
        CloudFormation::WaitCondition CloudFormation::WaitConditionHandle CloudFormation::CustomResource CDK::Metadata
        IAM::Policy Logs::LogStream Logs::SubscriptionFilter Logs::MetricFilter EC2::SubnetNetworkAclAssociation
        Lambda::EventInvokeConfig Lambda::EventSourceMapping Lambda::Version ApiGateway::Deployment ApiGateway::Method
        ApiGateway::Resource ApiGateway::Account ServiceCatalog::Portfolio ServiceCatalog::CloudFormationProduct
        ServiceCatalog::PortfolioPrincipalAssociation ServiceCatalog::PortfolioProductAssociation
        ServiceCatalog::LaunchRoleConstraint SSM::Parameter SSM::Document CodeCommit::Repository CodePipeline::Pipeline
        CodeStarConnections::Connection Events::EventBus
        """
    ),
)
"""Types that Terraform writes in another structure, and those that cost nothing and only templates have."""
