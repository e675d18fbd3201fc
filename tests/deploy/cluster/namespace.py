# SPDX-License-Identifier: AGPL-3.0-or-later
"""A namespace of the cluster that the kubeconfig names, for the time of a test."""
import os
import subprocess

from people import wait_until
from tools import program, run


class Namespace:
    def __init__(self, name):
        self.name = name

    def make(self):
        """Empty, whatever a test before has left, and strict."""
        subprocess.run(["kubectl", "delete", "namespace", self.name, "--ignore-not-found"], check=True, stdout=subprocess.DEVNULL)
        run("kubectl", "create", "namespace", self.name)
        run("kubectl", "label", "namespace", self.name, "pod-security.kubernetes.io/enforce=restricted")

    def remove(self):
        subprocess.run(["kubectl", "delete", "namespace", self.name, "--wait=false"], stdout=subprocess.DEVNULL)

    def kubectl(self, *words, **options):
        return run("kubectl", "-n", self.name, *words, **options)

    def helm(self, *words):
        return run(program("helm"), "-n", self.name, *words)

    def ingress_url(self, ingress):
        """Where clients reach it: INGRESS_URL, if the Ingress has no address of its own."""
        if "INGRESS_URL" in os.environ:
            return os.environ["INGRESS_URL"]
        where = ["get", "ingress", ingress, "-o", "jsonpath={.status.loadBalancer.ingress[0].ip}"]
        wait_until(lambda: self.kubectl(*where))
        return f"http://{self.kubectl(*where)}/"
