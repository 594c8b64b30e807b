package oracle;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.context.support.IValidationSupport.IssueSeverity;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.SingleValidationMessage;
import ca.uhn.fhir.validation.ValidationOptions;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.UnknownCodeSystemWarningValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirDefaultPolicyAdvisor;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.common.hapi.validation.validator.WorkerContextValidationSupportAdapter;
import org.hl7.fhir.r5.utils.validation.IResourceValidator;
import org.hl7.fhir.r5.utils.validation.constants.BestPracticeWarningLevel;
import org.hl7.fhir.r5.utils.validation.constants.ReferenceValidationPolicy;

/**
 * What HAPI's validator says of many resources, offline, in one run.
 *
 * <p>Arguments: where the definitions are, see {@link Definitions}. Standard input, first line: {message id: pattern}, the messages not
 * to give where the pattern is found in the expression; then one JSON object a line, {"name", "text": the resource as it was sent,
 * "profiles": canonicals to hold it to besides those it claims}. Standard output: one for each, {"name", "ms": processor time, "issues": [[severity, expression,
 * message id, message], ...]}.
 */
public final class Oracle {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private Oracle() {}

    public static void main(String[] definitions) throws IOException {
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(System.err); // what the libraries print is no answer
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        FhirValidator validator = validator(JSON.readTree(questions.readLine()), definitions);
        for (String line = questions.readLine(); line != null; line = questions.readLine()) {
            answers.println(JSON.writeValueAsString(answer(JSON.readTree(line), validator)));
        }
    }

    private static FhirValidator validator(JsonNode setAside, String[] definitions) throws IOException {
        FhirContext context = FhirContext.forR4();
        UnknownCodeSystemWarningValidationSupport undecided = new UnknownCodeSystemWarningValidationSupport(context);
        undecided.setNonExistentCodeSystemSeverity(IssueSeverity.WARNING);
        ValidationSupportChain support = new ValidationSupportChain(
                Definitions.read(context, definitions),
                new DefaultProfileValidationSupport(context),
                new CommonCodeSystemsTerminologyService(context),
                new InMemoryTerminologyServerValidationSupport(context),
                new SnapshotGeneratingValidationSupport(context),
                undecided);
        var adapter = WorkerContextValidationSupportAdapter.newVersionSpecificWorkerContextWrapper(support);
        FhirInstanceValidator instances = new FhirInstanceValidator(support);
        instances.setWrappedWorkerContext(support, adapter);
        instances.setValidatorResourceFetcher(new StandIns(adapter));
        instances.setErrorForUnknownProfiles(false);
        instances.setValidatorPolicyAdvisor(new Advice(setAside));
        instances.setAllowExamples(true);
        instances.setBestPracticeWarningLevel(BestPracticeWarningLevel.Ignore);
        return context.newValidator().registerValidatorModule(instances);
    }

    private static ObjectNode answer(JsonNode question, FhirValidator validator) {
        ValidationOptions options = new ValidationOptions();
        question.get("profiles").forEach(profile -> options.addProfile(profile.asText()));
        ObjectNode answer = JSON.createObjectNode();
        answer.set("name", question.get("name"));
        ArrayNode issues = answer.putArray("issues");
        long begun = THREADS.getCurrentThreadCpuTime();
        try {
            for (SingleValidationMessage said : validator.validateWithResult(question.get("text").asText(), options).getMessages()) {
                issues.addArray().add(said.getSeverity().getCode()).add(said.getLocationString()).add(said.getMessageId()).add(said.getMessage());
            }
        } catch (RuntimeException refused) { // HAPI throws at some text that is not FHIR JSON at all
            issues.addArray().add("fatal").add("").add("unreadable").add(refused.toString());
        }
        return answer.put("ms", (THREADS.getCurrentThreadCpuTime() - begun) / 1e6);
    }

    /** Judges also what references point to, and keeps silent about what was set aside. */
    private static final class Advice extends FhirDefaultPolicyAdvisor {
        private final Map<String, Pattern> silent = new HashMap<>();

        Advice(JsonNode setAside) {
            setAside.fields().forEachRemaining(each -> silent.put(each.getKey(), Pattern.compile(each.getValue().asText())));
        }

        @Override
        public ReferenceValidationPolicy policyForReference(
                IResourceValidator validator, Object context, String path, String url, ReferenceDestinationType destination) {
            return ReferenceValidationPolicy.CHECK_TYPE_IF_EXISTS;
        }

        @Override
        public boolean isSuppressMessageId(String path, String messageId) {
            return silent.containsKey(messageId) && silent.get(messageId).matcher(path).find();
        }
    }
}
