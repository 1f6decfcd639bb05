terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

variable "pools" {
  type = map(object({
    machine = string
    max     = optional(number, 4)
  }))
  default = {
    small = { machine = "g5.xlarge" }
  }
}

locals {
  tags  = merge({ team = "ml" }, var.tags)
  zones = slice(data.aws_availability_zones.all.names, 0, 2)
}

resource "aws_eks_node_group" "gpu" {
  for_each        = var.pools
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = "gpu-${each.key}"
  instance_types  = [each.value.machine]
  capacity_type   = var.spot ? "SPOT" : "ON_DEMAND"

  scaling_config {
    min_size     = 0
    desired_size = 1
    max_size     = each.value.max
  }

  dynamic "taint" {
    for_each = { gpu = "NO_SCHEDULE" }
    content {
      key    = taint.key
      effect = taint.value
    }
  }

  tags = local.tags
  lifecycle {
    ignore_changes = [scaling_config[0].desired_size]
  }
}

resource "aws_instance" "notebook" {
  ami           = data.aws_ami.dlami.id
  instance_type = "p4d.24xlarge"
  user_data     = <<-EOT
    #!/bin/bash
    echo "for ${upper(var.team)}" > /etc/motd
    %{ for zone in local.zones ~}
    echo ${zone}
    %{ endfor ~}
  EOT
  tags = { Name = "nb-${count.index + 1}", "cost-center" = "1" }
}

output "ids" {
  value = [for group in aws_eks_node_group.gpu : group.id if group.status == "ACTIVE"]
}
