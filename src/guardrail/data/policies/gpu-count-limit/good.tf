provider "aws" {
  region = "us-east-1"
}

resource "aws_eks_node_group" "gpu" {
  cluster_name    = "ml"
  node_group_name = "gpu"
  node_role_arn   = "arn:aws:iam::123456789012:role/node"
  subnet_ids      = ["subnet-0a1b2c3d"]
  instance_types  = ["p4d.24xlarge"]

  scaling_config {
    min_size     = 0
    desired_size = 1
    max_size     = 1
  }
}
