# params: {allow: {aws: [us-east-1, eu-west-1]}}
provider "aws" {
  region = "ap-southeast-2"
}

resource "aws_instance" "inference" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "g4dn.xlarge"
}
