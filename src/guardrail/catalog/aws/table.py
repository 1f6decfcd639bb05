"""Types of Amazon that cost nothing by themselves, are paid for by use, or that the price book has no rows for."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from guardrail.catalog.aws.words import REGION
from guardrail.catalog.kind import From, Kind, NoRows, at
from guardrail.catalog.rows import free, metered, priceless

_AWS: Final = "https://aws.amazon.com/"

TAGGED: Final = Kind(type="", category="other", source="", labels="tags", region=REGION)
PLAIN: Final = replace(TAGGED, labels=None)
WORLDWIDE_TAGGED: Final = Kind(type="", category="other", source="", labels="tags", worldwide=True)
WORLDWIDE_PLAIN: Final = replace(WORLDWIDE_TAGGED, labels=None)

FREE: Final[tuple[Kind, ...]] = (
    *free(
        WORLDWIDE_TAGGED,
        f"{_AWS}iam/faqs/",
        "aws_iam_role aws_iam_policy aws_iam_user aws_iam_instance_profile aws_iam_openid_connect_provider "
        "aws_iam_saml_provider aws_iam_service_linked_role aws_iam_server_certificate",
    ),
    *free(
        WORLDWIDE_PLAIN,
        f"{_AWS}iam/faqs/",
        "aws_iam_role_policy aws_iam_role_policy_attachment aws_iam_policy_attachment aws_iam_user_policy "
        "aws_iam_user_policy_attachment aws_iam_group aws_iam_group_policy aws_iam_group_policy_attachment "
        "aws_iam_group_membership aws_iam_user_group_membership aws_iam_access_key aws_iam_account_alias "
        "aws_iam_account_password_policy aws_iam_user_login_profile aws_iam_role_policies_exclusive "
        "aws_iam_role_policy_attachments_exclusive",
    ),
    *free(
        TAGGED,
        f"{_AWS}vpc/pricing/",
        "aws_vpc aws_subnet aws_security_group aws_internet_gateway aws_egress_only_internet_gateway aws_route_table "
        "aws_network_acl aws_vpc_dhcp_options aws_network_interface aws_vpc_peering_connection "
        "aws_vpc_peering_connection_accepter aws_vpc_security_group_ingress_rule aws_vpc_security_group_egress_rule "
        "aws_default_vpc aws_default_subnet aws_default_security_group aws_default_route_table "
        "aws_default_network_acl aws_ec2_managed_prefix_list aws_customer_gateway aws_vpn_gateway",
    ),
    *free(
        PLAIN,
        f"{_AWS}vpc/pricing/",
        "aws_route aws_route_table_association aws_main_route_table_association aws_security_group_rule "
        "aws_network_acl_rule aws_network_interface_attachment aws_network_interface_sg_attachment "
        "aws_vpc_dhcp_options_association aws_vpc_ipv4_cidr_block_association aws_eip_association "
        "aws_vpc_endpoint_route_table_association aws_vpc_endpoint_policy aws_vpn_gateway_attachment "
        "aws_vpn_gateway_route_propagation aws_vpc_peering_connection_options aws_internet_gateway_attachment",
    ),
    *free(TAGGED, f"{_AWS}ec2/pricing/on-demand/", "aws_key_pair aws_placement_group"),
    *free(
        PLAIN,
        f"{_AWS}ec2/autoscaling/pricing/",
        "aws_autoscaling_attachment aws_autoscaling_lifecycle_hook aws_autoscaling_notification "
        "aws_autoscaling_group_tag aws_autoscaling_traffic_source_attachment aws_ec2_tag",
    ),
    *free(PLAIN, f"{_AWS}autoscaling/pricing/", "aws_appautoscaling_policy aws_appautoscaling_scheduled_action"),
    *free(
        TAGGED,
        f"{_AWS}elasticloadbalancing/pricing/",
        "aws_lb_target_group aws_alb_target_group aws_lb_listener aws_alb_listener aws_lb_listener_rule "
        "aws_alb_listener_rule",
    ),
    *free(
        PLAIN,
        f"{_AWS}elasticloadbalancing/pricing/",
        "aws_lb_target_group_attachment aws_alb_target_group_attachment aws_lb_listener_certificate aws_elb_attachment",
    ),
    *free(
        PLAIN,
        f"{_AWS}s3/pricing/",
        "aws_s3_bucket_policy aws_s3_bucket_acl aws_s3_bucket_versioning aws_s3_bucket_public_access_block "
        "aws_s3_bucket_ownership_controls aws_s3_bucket_server_side_encryption_configuration "
        "aws_s3_bucket_lifecycle_configuration aws_s3_bucket_logging aws_s3_bucket_notification "
        "aws_s3_bucket_cors_configuration aws_s3_bucket_website_configuration aws_s3_account_public_access_block",
    ),
    *free(TAGGED, f"{_AWS}ecs/pricing/", "aws_ecs_cluster aws_ecs_capacity_provider"),
    *free(PLAIN, f"{_AWS}ecs/pricing/", "aws_ecs_cluster_capacity_providers aws_ecs_account_setting_default"),
    *free(PLAIN, f"{_AWS}ecr/pricing/", "aws_ecr_lifecycle_policy aws_ecr_repository_policy"),
    *free(PLAIN, f"{_AWS}lambda/pricing/", "aws_lambda_permission aws_lambda_alias aws_lambda_layer_version"),
    *free(PLAIN, f"{_AWS}kms/pricing/", "aws_kms_alias aws_kms_grant aws_kms_key_policy"),
    *free(
        PLAIN,
        f"{_AWS}secrets-manager/pricing/",
        "aws_secretsmanager_secret_version aws_secretsmanager_secret_policy aws_secretsmanager_secret_rotation",
    ),
    *free(
        TAGGED,
        f"{_AWS}rds/pricing/",
        "aws_db_subnet_group aws_db_parameter_group aws_db_option_group aws_rds_cluster_parameter_group "
        "aws_elasticache_subnet_group aws_elasticache_parameter_group aws_redshift_subnet_group",
    ),
    *free(PLAIN, f"{_AWS}efs/pricing/", "aws_efs_mount_target aws_efs_file_system_policy"),
    *free(TAGGED, f"{_AWS}efs/pricing/", "aws_efs_access_point"),
    Kind(
        type="aws_acm_certificate",
        category="other",
        source=f"{_AWS}certificate-manager/pricing/",
        names=("domain_name",),
        labels="tags",
        region=REGION,
        # Public certificates are free, unless they can be exported; those of a private authority are not.
        lines=(
            NoRows(
                name="certificate",
                when=From(
                    (at("certificate_authority_arn"), at("options", 0, "export")),
                    lambda authority, export: authority is not None or export == "ENABLED",
                ),
            ),
        ),
    ),
    *free(PLAIN, f"{_AWS}certificate-manager/pricing/", "aws_acm_certificate_validation"),
    *free(WORLDWIDE_PLAIN, f"{_AWS}route53/pricing/", "aws_route53_record"),
    *free(PLAIN, f"{_AWS}eventbridge/pricing/", "aws_cloudwatch_event_target"),
    *free(TAGGED, f"{_AWS}eventbridge/pricing/", "aws_cloudwatch_event_rule"),
    *free(PLAIN, f"{_AWS}sns/pricing/", "aws_sns_topic_policy aws_sns_topic_subscription aws_sqs_queue_policy"),
    *free(TAGGED, f"{_AWS}batch/pricing/", "aws_batch_scheduling_policy"),
    *free(TAGGED, f"{_AWS}transit-gateway/pricing/", "aws_ec2_transit_gateway"),
)
"""What has no price. Each source says so, or lists everything else of its service that has one."""

BY_USE: Final[tuple[Kind, ...]] = (
    *metered(TAGGED, f"{_AWS}s3/pricing/", "aws_s3_bucket", "storage and requests", "storage.bucket"),
    *metered(TAGGED, f"{_AWS}s3/pricing/", "aws_s3_object aws_s3_bucket_object", "storage"),
    *metered(TAGGED, f"{_AWS}lambda/pricing/", "aws_lambda_function", "requests and duration"),
    *metered(TAGGED, f"{_AWS}sqs/pricing/", "aws_sqs_queue", "requests"),
    *metered(TAGGED, f"{_AWS}sns/pricing/", "aws_sns_topic", "messages"),
    *metered(TAGGED, f"{_AWS}ecr/pricing/", "aws_ecr_repository", "storage"),
    *metered(WORLDWIDE_TAGGED, f"{_AWS}cloudfront/pricing/", "aws_cloudfront_distribution", "traffic"),
    *metered(
        TAGGED,
        f"{_AWS}api-gateway/pricing/",
        "aws_api_gateway_rest_api aws_api_gateway_stage aws_apigatewayv2_api",
        "requests",
    ),
    *metered(TAGGED, f"{_AWS}step-functions/pricing/", "aws_sfn_state_machine", "transitions"),
    *metered(TAGGED, f"{_AWS}glue/pricing/", "aws_glue_crawler", "processing hours"),
    *metered(TAGGED, f"{_AWS}codebuild/pricing/", "aws_codebuild_project", "build minutes"),
    *metered(TAGGED, f"{_AWS}firehose/pricing/", "aws_kinesis_firehose_delivery_stream", "data ingested"),
)

UNPRICED: Final[tuple[Kind, ...]] = (
    *priceless(
        TAGGED,
        f"{_AWS}rds/pricing/",
        "aws_db_instance aws_rds_cluster aws_rds_cluster_instance aws_docdb_cluster aws_docdb_cluster_instance "
        "aws_neptune_cluster aws_neptune_cluster_instance",
        "database machines and storage",
        "database",
    ),
    *priceless(
        TAGGED,
        f"{_AWS}elasticache/pricing/",
        "aws_elasticache_cluster aws_elasticache_replication_group aws_memorydb_cluster aws_redshift_cluster "
        "aws_opensearch_domain aws_elasticsearch_domain",
        "nodes and storage",
        "database",
    ),
    *priceless(TAGGED, f"{_AWS}dynamodb/pricing/", "aws_dynamodb_table", "capacity and storage", "database"),
    *priceless(TAGGED, f"{_AWS}kms/pricing/", "aws_kms_key", "key"),
    *priceless(TAGGED, f"{_AWS}secrets-manager/pricing/", "aws_secretsmanager_secret", "secret"),
    *priceless(TAGGED, f"{_AWS}cloudwatch/pricing/", "aws_cloudwatch_metric_alarm", "alarm metrics"),
    *priceless(WORLDWIDE_PLAIN, f"{_AWS}cloudwatch/pricing/", "aws_cloudwatch_dashboard", "dashboard"),
    *priceless(
        WORLDWIDE_TAGGED, f"{_AWS}route53/pricing/", "aws_route53_zone aws_route53_health_check", "zone or check"
    ),
    *priceless(
        TAGGED,
        f"{_AWS}kinesis/data-streams/pricing/",
        "aws_kinesis_stream aws_msk_cluster aws_mq_broker",
        "shards or brokers",
    ),
    *priceless(TAGGED, f"{_AWS}vpn/pricing/", "aws_vpn_connection", "connection", "network.endpoint"),
)
"""What has a price that the book does not hold."""

KINDS: Final = (*FREE, *BY_USE, *UNPRICED)
