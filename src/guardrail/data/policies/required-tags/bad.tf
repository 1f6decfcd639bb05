# params: {keys: [team, cost-center]}
provider "aws" {
  region = "us-east-1"
}

resource "aws_instance" "notebook" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.medium"

  root_block_device {
    volume_type = "gp3"
    volume_size = 100
  }

  tags = {
    team = "ml-platform"
  }
}
